import torch


«sgd»


«masked»
