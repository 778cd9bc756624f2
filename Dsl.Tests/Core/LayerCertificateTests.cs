using System.Globalization;

namespace LayerDsl.Tests.Core;

public class LayerCertificateTests
{
    [Fact]
    public void A_certificate_reads_as_one_fact_to_a_line_in_every_culture()
    {
        const string expected = """
            layer       Hidden
            formula     W + s · B A
            paper       Hu et al. 2021
            training    Σ_i x[b,i] W[o,i]
            inference   Σ_i x[b,i] W'[o,i]
            verdict     proved for every size
            laws        distributivity, commutativity
            provided    s > 0
            parameters  4,096 → 2,048
            cost        1,000,000 → 500,000 FLOPs per sample
            storage     16,384 → 8,192 bytes
            rounding    at most 12.5 · u · Σ|terms|, u = 2⁻²⁴
            """;
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(expected, Certificate().ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Facts_that_do_not_apply_are_left_out()
    {
        var text = (Certificate() with { Paper = string.Empty, Laws = [], SideConditions = [] }).ToString();

        Assert.DoesNotContain("paper", text, StringComparison.Ordinal);
        Assert.DoesNotContain("laws", text, StringComparison.Ordinal);
        Assert.DoesNotContain("provided", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_certificates_are_equal_although_their_lists_are_two()
    {
        Assert.Equal(Certificate(), Certificate());
        Assert.NotEqual(Certificate(), Certificate() with { Laws = ["distributivity"] });
    }

    private static LayerCertificate Certificate() => new(
        Layer: "Hidden",
        Formula: "W + s · B A",
        Paper: "Hu et al. 2021",
        TrainingForm: "Σ_i x[b,i] W[o,i]",
        InferenceForm: "Σ_i x[b,i] W'[o,i]",
        Verdict: "proved for every size",
        Laws: ["distributivity", "commutativity"],
        SideConditions: ["s > 0"],
        Parameters: 4096,
        FoldedParameters: 2048,
        TrainingFlops: 1_000_000,
        InferenceFlops: 500_000,
        StoredBytes: 16384,
        FoldedBytes: 8192,
        RoundingFactor: 12.5);
}
