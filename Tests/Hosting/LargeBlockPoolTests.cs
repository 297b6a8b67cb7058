using System.Buffers;
using NUnit.Framework;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Tests.Hosting;

public sealed class LargeBlockPoolTests
{
    private const int BlockBytes = 64 << 10;

    [Test]
    public void Whatever_is_asked_for_up_to_a_block_gives_a_whole_one([Values(-1, 1, 2_048, BlockBytes)] int bytes)
    {
        using LargeBlockPool pool = new();
        using IMemoryOwner<byte> block = pool.Rent(bytes);
        Assert.That((block.Memory.Length, pool.MaxBufferSize), Is.EqualTo((BlockBytes, BlockBytes)));
    }

    [Test]
    public void More_than_a_block_is_refused()
    {
        using LargeBlockPool pool = new();
        Assert.That(() => pool.Rent(BlockBytes + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_block_that_was_given_back_is_used_again_and_never_by_two()
    {
        using LargeBlockPool pool = new();
        IMemoryOwner<byte> first = pool.Rent();
        Memory<byte> memory = first.Memory;
        first.Dispose();
        first.Dispose();
        using IMemoryOwner<byte> second = pool.Rent();
        using IMemoryOwner<byte> third = pool.Rent();
        Assert.Multiple(() =>
        {
            Assert.That(second.Memory, Is.EqualTo(memory));
            Assert.That(third.Memory, Is.Not.EqualTo(memory));
        });
    }

    [Test]
    public void No_more_than_16_MiB_is_kept()
    {
        using LargeBlockPool pool = new();
        IMemoryOwner<byte>[] many = [.. Enumerable.Range(0, 300).Select(_ => pool.Rent())];
        HashSet<Memory<byte>> old = [.. many.Select(block => block.Memory)];
        foreach (IMemoryOwner<byte> block in many)
        {
            block.Dispose();
        }

        Assert.That(Enumerable.Range(0, 300).Count(_ => old.Contains(pool.Rent().Memory)), Is.EqualTo(256));
    }
}
