"""People in one lecture: rooms, votes, labels and questions, and the store that keeps them."""
