"""The one seam to a model: calls go down, replies come up."""
