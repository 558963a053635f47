import torch

«A»
«M»
