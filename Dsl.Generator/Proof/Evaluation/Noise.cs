using System.Numerics;

namespace LayerDsl.Generator.Proof.Evaluation;

/// <summary>Numbers that look random but depend on a text only: the same claim meets the same points on every machine.</summary>
internal static class Noise
{
    /// <summary>FNV-1a over the text, then the finalizer of SplitMix64.</summary>
    public static ulong Of(string text)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var letter in text)
            {
                hash = (hash ^ letter) * 1099511628211UL;
            }

            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            return hash ^ (hash >> 31);
        }
    }

    /// <summary>Uniform below the modulus, but for a bias of modulus · 2⁻¹²⁸.</summary>
    public static BigInteger Below(BigInteger modulus, string text) => ((new BigInteger(Of(text + "/high")) << 64) + Of(text + "/low")) % modulus;
}
