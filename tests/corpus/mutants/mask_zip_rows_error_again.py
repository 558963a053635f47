import torch

# Ejercicio 3: factorización con valores que faltan
def sgd_factorise_masked(A, M, rango, epocas=1000, tasa=0.01):
    U = torch.rand(A.shape[0], rango)
    V = torch.rand(A.shape[1], rango)
    for _ in range(epocas):
        for fila, mascara, u in zip(A, M, U):
            for valor, visto, v in zip(fila, mascara, V):
                # solo las celdas observadas
                if visto:
                    error = valor - u @ v
                    u += tasa * error * v
                    error = valor - u @ v
                    v += tasa * error * u
    return U, V
