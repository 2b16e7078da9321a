export class Figure { constructor(element) { this.element = element } }
