"""The notebooks: their form, how they run, what is wrong with them."""
