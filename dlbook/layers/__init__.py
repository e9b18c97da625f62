"""What models are made of. A layer file needs torch alone."""
