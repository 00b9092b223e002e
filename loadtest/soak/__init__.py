"""Everything goes on at once for a while. Does anything grow, is anything lost?"""
