"""People played by a program, over real sockets: for `kefu demo`. Nothing of it is in the node."""
