using LayerDsl.Generator;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Scheduling;
using static LayerDsl.Generator.Ir.Operators;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Tests.Scheduling;

/// <summary>A sum is taken for a convolution only if every place and mask is that of one: anything else would compute something else.</summary>
public class WindowReaderTests
{
    private static readonly Index B = new("b", Size.Symbol("batch"));
    private static readonly Index C = new("c", Size.Symbol("in"));
    private static readonly Index O = new("o", Size.Symbol("out"));
    private static readonly Index U = new("u", Size.Symbol("kernel"));
    private static readonly Index V = new("v", Size.Symbol("kernel"));
    private static readonly Index P = new("p", Size.Symbol("rows"));
    private static readonly Index Q = new("q", Size.Symbol("columns"));
    private static readonly Size Height = Size.Symbol("height");
    private static readonly Size Width = Size.Symbol("width");
    private static readonly Tensor X = new("x", TensorRole.Input, [B, C, new Index("h", Height), new Index("w", Width)]);
    private static readonly Expr W = new Tensor("W", TensorRole.Trainable, [O, C, U, V]).All;
    private static readonly Expr G = new Tensor("gy", TensorRole.OutputGradient, [B, O, P, Q]).All;

    [Fact]
    public void A_masked_window_times_a_kernel_is_a_convolution()
    {
        var window = Read([C, U, V], [.. Window(2, 1, 1), W], [B, O, P, Q])!.Window;
        Assert.Equal((WindowResult.Output, Size.Of(2), Size.One, Size.One), (window.Computes, window.Stride, window.Dilation, window.Padding));
    }

    [Fact]
    public void Over_batch_and_positions_it_is_the_gradient_of_the_kernel()
    {
        var window = Read([B, P, Q], [.. Window(2, 3, 1), G], [O, C, U, V])!.Window;
        Assert.Equal((WindowResult.KernelGradient, Size.Of(2), Size.Of(3), Size.One), (window.Computes, window.Stride, window.Dilation, window.Padding));
    }

    [Fact]
    public void Selected_places_make_the_gradient_of_the_image()
    {
        var window = Read([O, P, Q, U, V], [G, W, Selected(X.Axes[2], P, U), Selected(X.Axes[3], Q, V)], X.Axes)!.Window;
        Assert.Equal((WindowResult.ImageGradient, Size.Of(2), Size.One, Size.One), (window.Computes, window.Stride, window.Dilation, window.Padding));
    }

    [Fact]
    public void A_missing_mask_another_mask_and_unlike_directions_are_no_convolution()
    {
        var window = Window(2, 1, 1);
        Assert.Null(Read([C, U, V], [.. window.Take(2), W], [B, O, P, Q]));
        Assert.Null(Read([C, U, V], [.. window, Inside(P, Height), W], [B, O, P, Q]));
        Assert.Null(Read([C, U, V], [window[0], window[1], Inside(Place(Q, V, 2, 1, 1), Height), W], [B, O, P, Q]));
        Assert.Null(Read([C, U, V], [X[B, C, Place(P, U, 2, 1, 1), Place(Q, V, 1, 1, 1)], Inside(Place(P, U, 2, 1, 1), Height), Inside(Place(Q, V, 1, 1, 1), Width), W], [B, O, P, Q]));
        Assert.Null(Read([O, P, Q, U, V], [G, W, Selected(X.Axes[2], P, U)], X.Axes));
        Assert.Null(Read([O, P, Q, U, V], [G, W, Selected(X.Axes[2], P, U), Inside(Place(Q, V, 2, 1, 1), Width)], X.Axes));
    }

    [Fact]
    public void A_kernel_that_depends_on_the_position_is_no_kernel()
    {
        Expr moving = new Tensor("M", TensorRole.Input, [O, C, U, V, P]).All;
        Assert.Null(Read([C, U, V], [.. Window(1, 1, 1), moving], [B, O, P, Q]));
    }

    private static WindowSum? Read(Index[] over, Expr[] factors, EquatableArray<Index> wanted) => WindowReader.Read(over, factors, wanted);

    private static Expr[] Window(Size stride, Size dilation, Size padding)
    {
        var (row, column) = (Place(P, U, stride, dilation, padding), Place(Q, V, stride, dilation, padding));
        return [X[B, C, row, column], Inside(row, Height), Inside(column, Width)];
    }

    private static AffineIndex Place(Index position, Index element, Size stride, Size dilation, Size padding) => (stride * position) + (dilation * element) + -padding;

    private static Expr Selected(Index axis, Index position, Index element) => Inside(axis + (-Size.One * Place(position, element, 2, 1, 1)), Size.One);
}
