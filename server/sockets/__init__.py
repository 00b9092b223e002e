"""The gateway: Socket.IO sessions, their rooms, and how an event reaches all of them."""
