namespace LayerDsl.Generator.Declarations;

/// <summary>Why a width must stay as it is declared; a later member is the stronger reason.</summary>
internal enum Fixed
{
    None,

    /// <summary>A view or reshape has it as a number, or it is flattened together with another width.</summary>
    Reshape,

    /// <summary>It is the height or width of an image.</summary>
    Image,

    /// <summary>The heads of an attention layer divide it.</summary>
    Heads,

    /// <summary>It is the model's own input or output.</summary>
    Border,
}

/// <summary>
/// Axes of values and sides of layers, by name, whose sizes change together: in a group every size is a whole multiple of one of
/// them. Used while a model is read, and then dropped.
/// </summary>
internal sealed class WidthGroups
{
    private readonly Dictionary<string, (string Parent, long Times)> parents = [];
    private readonly Dictionary<string, Fixed> reasons = [];
    private readonly HashSet<string> widths = [];

    /// <summary>From now on <paramref name="a"/> is <paramref name="times"/> times as large as <paramref name="b"/>.</summary>
    public void Join(string a, string b, long times = 1)
    {
        var (left, leftTimes) = Root(a);
        var (right, rightTimes) = Root(b);
        if (left == right)
        {
            return;
        }

        // leftTimes · left = times · rightTimes · right
        if (times * rightTimes % leftTimes == 0)
        {
            Hang(left, right, times * rightTimes / leftTimes);
        }
        else if (leftTimes % (times * rightTimes) == 0)
        {
            Hang(right, left, leftTimes / (times * rightTimes));
        }
        else
        {
            Fix(left, Fixed.Reshape);
            Fix(right, Fixed.Reshape);
        }
    }

    /// <summary>Says that a member is a layer's width, not just any size.</summary>
    public void Mark(string member) => _ = widths.Add(Root(member).Name);

    /// <summary>Whether some layer has this width.</summary>
    public bool IsWidth(string member) => widths.Contains(Root(member).Name);

    public void Fix(string member, Fixed reason)
    {
        var root = Root(member).Name;
        reasons[root] = (Fixed)Math.Max((int)ReasonOf(root), (int)reason);
    }

    public bool Same(string a, string b) => Root(a).Name == Root(b).Name;

    public bool IsFixed(string member) => ReasonOf(member) != Fixed.None;

    public Fixed ReasonOf(string member) => reasons.TryGetValue(Root(member).Name, out var reason) ? reason : Fixed.None;

    /// <summary>How many times the size of its group a member is.</summary>
    public long TimesOf(string member) => Root(member).Times;

    private void Hang(string member, string root, long times)
    {
        var (reason, isWidth) = (ReasonOf(member), widths.Contains(member));
        parents[member] = (root, times);
        Fix(root, reason);
        if (isWidth)
        {
            _ = widths.Add(root);
        }
    }

    private (string Name, long Times) Root(string member)
    {
        var times = 1L;
        while (parents.TryGetValue(member, out var parent))
        {
            (member, times) = (parent.Parent, times * parent.Times);
        }

        return (member, times);
    }
}
