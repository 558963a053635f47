"""Benchmarks of speed, memory and the influence of chance, each run by one command."""
