"""How the world is made: numpy columns, seeded, one module per part of the business."""
