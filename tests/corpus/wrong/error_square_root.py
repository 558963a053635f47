import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    n_users, n_items = A.shape
    users = torch.rand(n_users, rank)
    items = torch.rand(n_items, rank)
    for epoch in range(num_epochs):
        for user in range(n_users):
            for item in range(n_items):
                gap = A[user, item] - users[user] @ items[item]
                gap = gap ** 0.5
                users[user] += lr * gap * items[item]
                items[item] += lr * gap * users[user]
    return users, items
