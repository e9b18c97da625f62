"""Interactive figures: live with a kernel, alive without one."""
