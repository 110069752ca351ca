"""Proofs against the real program: its process is killed, its line is torn, its disk is locked."""
