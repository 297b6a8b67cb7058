using System.Text;
using NUnit.Framework;
using TimeSeries.Query.Api.Streaming;

namespace TimeSeries.Tests.Query.Api.Streaming;

/// <summary>Events that many read at their own pace, bounded by bytes.</summary>
internal sealed class EventRingTests
{
    private const int ChunkBytes = 32 * 1024;

    [Test]
    public void Every_event_is_read_once_in_order_by_any_number_of_readers([Values(1, 1_000)] int length)
    {
        EventRing ring = new();
        EventPlace[] places = [ring.End, ring.End];
        List<string>[] read = [[], []];
        for (int i = 0; i < 100; i++)
        {
            ring.Add("sample", Encoding.ASCII.GetBytes($"{i}".PadLeft(length, ' ')), samples: 1);
            Read(ring, ref places[0], read[0]);
            if (i % 7 == 0)
            {
                Read(ring, ref places[1], read[1]);
            }
        }

        Read(ring, ref places[1], read[1]);
        Assert.That(read[0], Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"{i}")));
        Assert.That(read[1], Is.EqualTo(read[0]));
    }

    [Test]
    public void What_a_reader_reads_and_what_it_missed_add_up_to_what_there_was()
    {
        EventRing ring = new();
        EventPlace place = ring.End;
        Random random = new(1);
        long told = 0;
        long read = 0;
        long missed = 0;
        for (int i = 0; i < 3_000; i++)
        {
            int samples = random.Next(3);
            told += samples;
            ring.Add("sample", Encoding.ASCII.GetBytes(new string(' ', random.Next(4_000)) + samples), samples);
            if (random.Next(400) == 0)
            {
                missed += Read(ring, ref place, out List<string> texts);
                read += texts.Sum(text => int.Parse(text, null));
            }
        }

        missed += Read(ring, ref place, out List<string> rest);
        read += rest.Sum(text => int.Parse(text, null));
        Assert.That(missed, Is.Positive);
        Assert.That(read, Is.Positive);
        Assert.That(read + missed, Is.EqualTo(told));
    }

    [Test]
    public void Half_a_mebibyte_is_kept_and_the_last_event_in_any_case()
    {
        EventRing ring = new();
        EventPlace place = ring.End;
        ring.Add("sample", new byte[300_000], samples: 1);
        ring.Add("sample", new byte[300_000], samples: 1);
        ring.Add("sample", new byte[700_000], samples: 1);
        List<byte[]> frames = [];
        Assert.That(ring.Read(ref place, ChunkBytes, frames, out long missed), Is.Null);
        Assert.That((frames.Count, missed), Is.EqualTo((1, 2L)));
    }

    [Test]
    public void A_reader_that_comes_back_goes_on_behind_the_event_it_names()
    {
        EventRing ring = new();
        EventPlace place = ring.End;
        ring.Add("sample", "1"u8, samples: 1);
        ring.Add("sample", "2"u8, samples: 1);
        List<byte[]> frames = [];
        ring.Read(ref place, 1, frames, out _);
        string id = Encoding.ASCII.GetString(frames[0]).Split('\n')[1]["id: ".Length..];
        EventPlace back = ring.Find(id)!.Value;
        List<string> read = [];
        Read(ring, ref back, read);
        Assert.That(read, Is.EqualTo(["2"]));
        Assert.That(new EventRing().Find(id), Is.Null);
    }

    [TestCase("")]
    [TestCase("1-2-3")]
    [TestCase("-")]
    [TestCase("--")]
    public void What_is_no_id_of_the_ring_is_no_place(string id) => Assert.That(new EventRing().Find(id), Is.Null);

    private static long Read(EventRing ring, ref EventPlace place, out List<string> read)
    {
        read = [];
        return Read(ring, ref place, read);
    }

    private static long Read(EventRing ring, ref EventPlace place, List<string> into)
    {
        List<byte[]> frames = [];
        long sum = 0;
        while (ring.Read(ref place, ChunkBytes, frames, out long missed) is null)
        {
            sum += missed;
        }

        foreach (byte[] frame in frames)
        {
            into.Add(Encoding.ASCII.GetString(frame).Split('\n')[2]["data:".Length..].Trim());
        }

        return sum;
    }
}
