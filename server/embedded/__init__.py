"""PostgreSQL and Valkey from wheels, shared by any number of processes of one machine.

Who lives is decided by kernel locks alone, because they vanish with their holder, also on kill -9:

``users.lock``   every process that uses the servers holds it shared
``keeper.lock``  one detached process, the keeper, holds it alone; it owns both servers
``valkey.lock``  handed down to Valkey itself, so that two never write to one folder

The keeper stops the servers once it gets ``users.lock`` for itself: then the last user has gone.
"""
