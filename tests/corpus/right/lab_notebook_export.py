#!/usr/bin/env python
# coding: utf-8

# # Lab 1

# In[1]:


import torch


# In[2]:


A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
A


# ## 1.1 Implement gradient-based factorisation

# In[7]:


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r][c] - torch.dot(U[r], V[c])
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


# In[8]:


U, V = sgd_factorise(A, 2)
U, V, U @ V.T


# In[9]:


torch.norm(A - U @ V.T) ** 2


# ## 2.1

# In[11]:


def truncated_svd(A, rank):
    U, S, V = torch.svd(A)
    S[rank:] = 0
    return U @ torch.diag(S) @ V.T


truncated_svd(A, 2)


# In[12]:


torch.norm(A - truncated_svd(A, 2)) ** 2


# ## 3.1

# In[15]:


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        for r, c in torch.nonzero(M):
            e = A[r][c] - torch.dot(U[r], V[c])
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V


# In[16]:


M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
U, V = sgd_factorise_masked(A, M, 2)
A_completed = U @ V.T
A_completed
