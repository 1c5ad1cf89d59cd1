"""The stages, a module each: whatever module here defines ``STAGE`` is one."""
