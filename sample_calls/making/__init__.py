"""The parts of ``make.py``: voices, scripts, telephone line and files."""
