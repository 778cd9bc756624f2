using System.Globalization;

namespace LayerDsl.Tests.Core.Errors;

public class ErrorTests
{
    public static TheoryData<LayerDslException, string[]> Errors => new()
    {
        { new LayerShapeException("Hidden", "values per sample", "784", "783"), ["'Hidden'", "values per sample", "784", "783"] },
        { new LayerTypeException("Hidden", "Float32", "Float64"), ["'Hidden'", "Float32", "Float64", "Convert"] },
        { new NonFiniteWeightException("Hidden", "weight", 1234567, float.NegativeInfinity), ["'Hidden'", "weight[1234567]", "-Infinity", "finite"] },
        { new FoldedFileException("a/b", "is truncated."), ["'a/b'", "is truncated."] },
        { new FoldMismatchException("Hidden", 0.125, 0.0625), ["'Hidden'", "0.125", "0.0625", "Do not use"] },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_message_names_the_layer_both_values_and_the_remedy(LayerDslException error, string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

    [Fact]
    public void Values_are_exposed_as_they_were_given()
    {
        var shape = new LayerShapeException("L", "what", "1", "2");
        var type = new LayerTypeException("L", "F32", "F64");
        var mismatch = new FoldMismatchException("L", 2, 1);
        var cause = new IOException("cause");

        Assert.Equal(("L", "what", "1", "2"), (shape.Layer, shape.What, shape.Expected, shape.Actual));
        Assert.Equal(("L", "F32", "F64"), (type.Layer, type.Expected, type.Actual));
        Assert.Equal(("L", 2.0, 1.0), (mismatch.Layer, mismatch.Error, mismatch.Bound));
        Assert.Same(cause, new FoldedFileException("p", "r", cause).InnerException);
    }

    [Fact]
    public void Messages_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Contains("0.125", new FoldMismatchException("L", 0.125, 0).Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
