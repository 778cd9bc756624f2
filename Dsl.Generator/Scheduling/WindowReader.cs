using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// Recognizes convolutions among sums of products, by their places and masks alone: an image read at
/// <c>stride·p + dilation·u - padding</c>, masked where that lies outside of it, times a kernel; or, for the image's gradient,
/// the output's gradient times a kernel where that place is the wanted one.
/// </summary>
internal sealed class WindowReader
{
    private readonly IReadOnlyList<Index> over;
    private readonly EquatableArray<Index> wanted;
    private readonly IReadOnlyList<Inside> masks;
    private readonly IReadOnlyList<Expr> operands;

    private WindowReader(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        this.over = over;
        this.wanted = wanted;
        masks = factors.OfType<Inside>().ToArray();
        operands = factors.Where(factor => factor is not Inside).ToArray();
    }

    /// <summary>The convolution that a sum is, or null.</summary>
    /// <param name="over">The summed indices.</param>
    /// <param name="factors">The factors of the summed product.</param>
    /// <param name="wanted">The axes of the result.</param>
    public static WindowSum? Read(IReadOnlyList<Index> over, IReadOnlyList<Expr> factors, EquatableArray<Index> wanted)
    {
        var reader = new WindowReader(over, factors, wanted);
        var images = reader.operands.Where(operand => ImageOf(operand) is not null).ToArray();
        return wanted.Count != 4 || reader.masks.Count < 2 || reader.operands.Count < 2 ? null
            : images.Length == 0 ? reader.ReadImageGradient()
            : images.Length == 1 ? reader.ReadImage(ImageOf(images[0])!, Product(reader.operands.Where(operand => operand != images[0])))
            : null;
    }

    /// <summary>The place of the window along one side of the image.</summary>
    private readonly record struct Slide(IndexTerm Position, IndexTerm Element, Size Padding)
    {
        public bool IsLike(Slide other) => (Position.Factor, Element.Factor, Padding) == (other.Position.Factor, other.Element.Factor, other.Padding);
    }

    private static Access? ImageOf(Expr factor) => factor switch
    {
        Access { At.Count: 4 } access when access.At[2].Plain is null && access.At[3].Plain is null => access,
        Named { Body: Access body } => ImageOf(body),
        _ => null,
    };

    /// <summary>Σ x[b, m, s·p+d·u-pad, s·q+d·v-pad] · other: over the kernel it is the output, over batch and positions the kernel's gradient.</summary>
    private WindowSum? ReadImage(Access image, Expr other)
    {
        var (height, width) = (image.Tensor.Axes[2].Size, image.Tensor.Axes[3].Size);
        if (image.At[0].Plain is not { } batch || ChannelOf(image.At[1]) is not { } channel)
        {
            return null;
        }

        var isGradient = over.Contains(batch);
        bool IsPosition(Index index) => over.Contains(index) == isGradient;
        if (SlideOf(image.At[2], IsPosition) is not { } row || SlideOf(image.At[3], IsPosition) is not { } column || !row.IsLike(column)
            || other.FreeIndices.FirstOrDefault(index => wanted.Contains(index) && index != channel.Index && !image.FreeIndices.Contains(index)) is not { } output
            || !MasksAre([new Inside(image.At[2], height), new Inside(image.At[3], width), .. channel.GroupMask(output, masks)]))
        {
            return null;
        }

        EquatableArray<Index> outputAxes = [batch, output, row.Position.Index, column.Position.Index];
        EquatableArray<Index> kernelAxes = [output, channel.Index, row.Element.Index, column.Element.Index];
        var (result, right) = isGradient ? (kernelAxes, outputAxes) : (outputAxes, kernelAxes);
        return Fits(other, right) && Fits(wanted, result)
            ? new WindowSum(Describe(isGradient ? WindowResult.KernelGradient : WindowResult.Output, row, channel.Group, height, width), image.Tensor, null, other, result, image.Tensor.Axes, right)
            : null;
    }

    /// <summary>Σ gy[b,o,p,q] · W[o,c,u,v] · [h = s·p+d·u-pad] · [w = s·q+d·v-pad], over (b, m, h, w); c is m, or m = C·γ + c.</summary>
    private WindowSum? ReadImageGradient()
    {
        var (batch, height, width) = (wanted[0], wanted[2], wanted[3]);
        var outputs = operands.Where(operand => operand.FreeIndices.Contains(batch)).ToArray();
        var kernels = operands.Where(operand => !operand.FreeIndices.Contains(batch)).ToArray();
        var rowPlace = SelectedPlace(height);
        var columnPlace = SelectedPlace(width);
        var channelPlace = SelectedPlace(wanted[1]) ?? (AffineIndex)wanted[1];
        if (outputs.Length == 0 || kernels.Length == 0 || rowPlace is null || columnPlace is null || ChannelOf(channelPlace) is not { } channel)
        {
            return null;
        }

        var (above, kernel) = (Product(outputs), Product(kernels));
        if (SlideOf(rowPlace, above.FreeIndices.Contains) is not { } row || SlideOf(columnPlace, above.FreeIndices.Contains) is not { } column || !row.IsLike(column)
            || above.FreeIndices.Intersect(kernel.FreeIndices).FirstOrDefault(over.Contains) is not { } output
            || !MasksAre([Selection(height, rowPlace), Selection(width, columnPlace), .. channel.Group is null ? [] : new[] { Selection(wanted[1], channelPlace) }, .. channel.GroupMask(output, masks)]))
        {
            return null;
        }

        EquatableArray<Index> outputAxes = [batch, output, row.Position.Index, column.Position.Index];
        EquatableArray<Index> kernelAxes = [output, channel.Index, row.Element.Index, column.Element.Index];
        return Fits(above, outputAxes) && Fits(kernel, kernelAxes)
            ? new WindowSum(Describe(WindowResult.ImageGradient, row, channel.Group, height.Size, width.Size), null, above, kernel, wanted, outputAxes, kernelAxes)
            : null;
    }

    /// <summary>The place that a mask of size 1 sets equal to an index of the result.</summary>
    private AffineIndex? SelectedPlace(Index axis) => masks
        .Where(mask => mask.Size == Size.One && mask.At.Terms.Contains(new IndexTerm(axis, Size.One)))
        .Select(mask => axis + (-Size.One * mask.At))
        .FirstOrDefault();

    private static Inside Selection(Index axis, AffineIndex place) => new(axis + (-Size.One * place), Size.One);

    private static Slide? SlideOf(AffineIndex place, Func<Index, bool> isPosition)
    {
        var positions = place.Terms.Where(term => isPosition(term.Index)).ToArray();
        var elements = place.Terms.Where(term => !isPosition(term.Index)).ToArray();
        return positions.Length == 1 && elements.Length == 1 ? new Slide(positions[0], elements[0], -place.Offset) : null;
    }

    /// <summary>A channel index, and the group's where channels are split into groups.</summary>
    private readonly record struct Channel(Index Index, Index? Group)
    {
        /// <summary>The mask that joins each output to its group, among those present.</summary>
        public IEnumerable<Inside> GroupMask(Index output, IEnumerable<Inside> masks)
        {
            var (group, terms) = (Group, 2);
            return group is null ? [] : masks.Where(mask => mask.At.Terms.Count == terms && mask.At.Offset.IsZero
                && mask.At.Terms.Contains(new IndexTerm(output, Size.One)) && mask.At.Terms.Contains(new IndexTerm(group, -mask.Size))).Take(1);
        }
    }

    private Channel? ChannelOf(AffineIndex place)
    {
        if (place.Plain is { } plain)
        {
            return new Channel(plain, null);
        }

        var inner = place.Terms.Where(term => term.Factor == Size.One).ToArray();
        var group = place.Terms.Where(term => term.Factor != Size.One).ToArray();
        return inner.Length == 1 && group.Length == 1 && place.Offset.IsZero && group[0].Factor == inner[0].Index.Size && over.Contains(group[0].Index)
            ? new Channel(inner[0].Index, group[0].Index)
            : null;
    }

    /// <summary>Exactly these masks: one more, or one less, would be another sum.</summary>
    private bool MasksAre(IReadOnlyCollection<Inside> expected) => masks.Count == expected.Count && expected.All(masks.Contains) && expected.Distinct().Count() == expected.Count;

    private static bool Fits(Expr operand, EquatableArray<Index> axes) => operand.FreeIndices.SetEquals(axes);

    private static bool Fits(EquatableArray<Index> actual, EquatableArray<Index> axes) => actual.Count == axes.Count && axes.All(actual.Contains);

    private static Expr Product(IEnumerable<Expr> factors) => factors.Aggregate((left, right) => left * right);

    private Window Describe(WindowResult computes, Slide row, Index? group, Size height, Size width)
    {
        var space = wanted.Concat(over).Where(index => index != group);
        return new Window(
            computes,
            row.Position.Factor,
            row.Element.Factor,
            row.Padding,
            group?.Size ?? Size.One,
            row.Element.Index.Size,
            height,
            width,
            (computes == WindowResult.ImageGradient ? space.Where(index => index != wanted[2] && index != wanted[3]) : space).Distinct().ToEquatableArray());
    }
}
