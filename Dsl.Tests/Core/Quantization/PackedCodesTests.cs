using CsCheck;

namespace LayerDsl.Tests.Core.Quantization;

public class PackedCodesTests
{
    [Fact]
    public void Any_codes_come_back_from_their_bits() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 7], Gen.Int[1, 40], Gen.Int).Sample((bits, rows, columns, seed) =>
        {
            var codes = new byte[rows * columns];
            new Random(seed).NextBytes(codes);
            codes = [.. codes.Select(code => (byte)(code & ((1 << bits) - 1)))];
            var packed = PackedCodes.Pack("layer", codes, rows, columns, bits);
            Assert.Equal(((columns * bits) + 7) / 8 * rows, packed.Bytes.Length);
            var again = PackedCodes.FromPacked("layer", packed.Bytes.Span, rows, columns, bits);
            var row = new byte[columns];
            for (var r = 0; r < rows; r++)
            {
                again.Read(r, row);
                Assert.Equal(codes.Skip(r * columns).Take(columns), row);
            }
        });

    /// <summary>Bit k of a row is bit k mod 8 of byte k / 8: written out by hand for three bits.</summary>
    [Fact]
    public void Three_bit_codes_lie_as_the_documentation_says()
    {
        // Codes 5, 1, 7, 2 are 101, 001, 111, 010; lowest bits first: 101 100 11|1 010 → 0b11_001_101, 0b0000_0101.
        var packed = PackedCodes.Pack("layer", [5, 1, 7, 2], 1, 4, 3);
        Assert.Equal(new byte[] { 0b11001101, 0b00000101 }, packed.Bytes.ToArray());
    }

    [Fact]
    public void Rows_start_at_bytes_of_their_own() =>
        Assert.Equal(new byte[] { 0b1, 0b0, 0b1 }, PackedCodes.Pack("layer", [1, 0, 1], 3, 1, 1).Bytes.ToArray());

    [Theory]
    [InlineData(0, 3, 4)]
    [InlineData(3, 0, 4)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 3, 9)]
    [InlineData(2, 3, 4)]
    public void Sizes_that_do_not_fit_are_refused(int rows, int columns, int bits)
    {
        Assert.Throws<LayerShapeException>(() => PackedCodes.Pack("layer", new byte[9], rows, columns, bits));
        Assert.Throws<LayerShapeException>(() => PackedCodes.FromPacked("layer", new byte[5], rows, columns, bits));
    }

    [Fact]
    public void A_code_of_too_many_bits_is_refused() => Assert.Throws<LayerShapeException>(() => PackedCodes.Pack("layer", [8], 1, 1, 3));

    [Fact]
    public void Unused_bits_that_are_set_are_refused() => Assert.Throws<LayerShapeException>(() => PackedCodes.FromPacked("layer", [0b1000], 1, 1, 3));
}
