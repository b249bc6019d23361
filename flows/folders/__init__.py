"""Where raw files come from and where a corpus goes: folders of this machine, or addresses of object stores."""
