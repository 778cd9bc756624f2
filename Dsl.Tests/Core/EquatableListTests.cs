using System.Collections.Immutable;

namespace LayerDsl.Tests.Core;

public class EquatableListTests
{
    [Fact]
    public void Lists_compare_by_content()
    {
        EquatableList<string> list = ["a", "b"];

        Assert.True(list == ImmutableArray.Create("a", "b"));
        Assert.Equal(list.GetHashCode(), new EquatableList<string>(["a", "b"]).GetHashCode());
        Assert.True(list != ["b", "a"]);
        Assert.False(list.Equals((object)"a"));
        Assert.False(list.Equals(["a"]));
    }

    [Fact]
    public void A_list_that_was_never_set_is_empty()
    {
        EquatableList<long> list = default;

        Assert.Empty(list);
        Assert.True(list.AsSpan().IsEmpty);
        Assert.Equal(EquatableList.Create<long>([]), list);
        Assert.Equal("[]", list.ToString());
    }

    [Fact]
    public void Items_are_reached_by_index_span_and_enumeration()
    {
        EquatableList<long> list = [3, 5];

        Assert.Equal((2, 3L, 5L), (list.Count, list[0], list[1]));
        Assert.Equal([3, 5], list.AsSpan().ToArray());
        Assert.Equal([3L, 5L], list.AsEnumerable());
        Assert.Equal("[3, 5]", list.ToString());
        Assert.Throws<IndexOutOfRangeException>(() => list[2]);
    }
}
