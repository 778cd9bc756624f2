using System.Numerics;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>A value modulo P and, where it can stand in an exponent, modulo Q.</summary>
internal readonly record struct Residue(BigInteger Value, BigInteger? Exponent);
