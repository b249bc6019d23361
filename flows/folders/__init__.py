"""Where raw files come from and a corpus goes: folders of this machine, and addresses that stand in for them."""
