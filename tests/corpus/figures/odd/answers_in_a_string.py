import torch

torch.manual_seed(«seed»)
«A»
«M»


«sgd»


«masked»

ANSWERS = """
1.2: U = «U|list», V = «V|list», loss «L|4»
2.1: «B|list», loss «E|4», the best there is (Eckart-Young)
3.2: «C|list»
"""
print(ANSWERS)
