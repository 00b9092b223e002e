"""Several nodes on one machine behind one address, to see a cluster work: `kefu up --nodes N`."""
