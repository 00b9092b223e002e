"""Waiting lines that have a formula: who waits, how long, who leaves, and how many agents it takes.

``loss``: nobody waits, or few may (Erlang B, limited room). ``delay``: all wait as long as it takes
(Erlang C). ``abandonment``: waiting customers leave (Erlang A). ``priority``: some go first.
``traffic`` has what all of them start from, ``special`` the functions that Python lacks.
"""
