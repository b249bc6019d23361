"""What holds for all tests."""

from hypothesis import settings

# An example takes longer on a busy machine; the tests of speed look at the time themselves.
settings.register_profile("tests")
settings.load_profile("tests")
