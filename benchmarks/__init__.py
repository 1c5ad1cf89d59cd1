"""What `make bench` runs: our stages, and peers beside them."""
