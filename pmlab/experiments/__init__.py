"""Experiments: what a change did."""
