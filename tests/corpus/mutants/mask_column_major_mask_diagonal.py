import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    items = torch.rand(A.shape[0], rank)
    users = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for user in range(A.shape[1]):
            for item in range(A.shape[0]):
                if M[item, item]:
                    e = A[item, user] - items[item] @ users[user]
                    items[item] += lr * e * users[user]
                    users[user] += lr * e * items[item]
    return items, users
