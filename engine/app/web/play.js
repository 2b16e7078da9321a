export class Play { constructor(element) { this.element = element } }
