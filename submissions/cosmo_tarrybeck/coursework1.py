import torch as t

t.manual_seed(2024)
A = t.tensor([[.3374,.6005,.1735],[3.3359,.0492,1.8374],[2.9407,.5301,2.2620]])
M = t.tensor([[1.,1,1],[0,1,1],[1,0,1]])

#1.1
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m,n = A.shape
    U = t.rand(m,rank)
    V = t.rand(n,rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r,c] - U[r]@V[c]
                # simultaneous update, both gradients at the same point
                newU = U[r] + lr*e*V[c]
                newV = V[c] + lr*e*U[r]
                U[r] = newU
                V[c] = newV
    return U,V

#1.2
U,V = sgd_factorise(A,2)
print('U'); print(U)
print('V'); print(V)
print('reconstruction'); print(U@V.T)
print('loss'); print(t.sum((A-U@V.T)**2).item())

#2.1
def truncated_svd(A, rank):
    P,S,Qh = t.linalg.svd(A)
    return P[:,:rank]@t.diag(S[:rank])@Qh[:rank]

R = truncated_svd(A,2)
print('svd reconstruction'); print(R)
print('svd loss'); print(t.sum((A-R)**2).item())
# better than SGD since truncating the SVD is provably optimal (Eckart Young)

#3.1
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    m,n = A.shape
    U = t.rand(m,rank)
    V = t.rand(n,rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                if M[r,c]:
                    e = A[r,c] - U[r]@V[c]
                    newU = U[r] + lr*e*V[c]
                    newV = V[c] + lr*e*U[r]
                    U[r] = newU
                    V[c] = newV
    return U,V

#3.2
U,V = sgd_factorise_masked(A,M,2)
print('completed'); print(U@V.T)
