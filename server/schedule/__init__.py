"""The plan of work, without a database: clock times, staffing need, gaps, calendars."""
