namespace LayerDsl.Tests.Core.Folded;

public class PooledBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_buffer_has_exactly_the_length_asked_for(int length)
    {
        using var buffer = new PooledBuffer(length);

        Assert.Equal(length, buffer.Span.Length);
    }

    [Fact]
    public void Two_buffers_share_no_memory_even_if_one_was_disposed_twice()
    {
        var returned = new PooledBuffer(100);
        returned.Dispose();
        returned.Dispose();

        using var first = new PooledBuffer(100);
        using var second = new PooledBuffer(100);

        Assert.False(first.Span.Overlaps(second.Span));
    }

    [Fact]
    public void A_buffer_that_was_given_back_cannot_be_used()
    {
        static void UseAfterDispose()
        {
            var buffer = new PooledBuffer(1);
            buffer.Dispose();
            buffer.Span.Clear();
        }

        Assert.Throws<ObjectDisposedException>(UseAfterDispose);
    }
}
