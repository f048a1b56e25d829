"""How likely an item is traded consumer data: features, weights, sector. The weights are in `rules/scoring`."""
