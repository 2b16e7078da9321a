export class Timeline { constructor(element) { this.element = element } }
