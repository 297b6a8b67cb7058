using NUnit.Framework;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Aggregate.Measures;

namespace TimeSeries.Tests.Aggregate;

/// <summary>Tables of groups whose large arrays went back: used again, for more, fewer or as many groups, they are as new.</summary>
internal sealed class ReusedArraysTests
{
    private static readonly int[] _uses = [300_000, 300_000, 1_000, 100_000, 400_000, 0, 300_000];

    [Test]
    public void A_table_of_numbers_gives_each_number_its_place_after_each_reset()
    {
        Random random = new(3);
        LongHashTable table = new();
        long mostBytes = 0;
        for (int use = 0; use < _uses.Length; use++)
        {
            Dictionary<long, int> expected = [];
            int wrong = 0;
            for (int i = 0; i < _uses[use]; i++)
            {
                long number = random.NextInt64(_uses[use]);
                expected.TryAdd(number, expected.Count);
                wrong += table.Intern(number) == expected[number] ? 0 : 1;
            }

            Assert.That((wrong, table.Count), Is.EqualTo((0, expected.Count)));
            mostBytes = Math.Max(mostBytes, table.AllocatedBytes);
            table.Reset();
            Assert.That(table.Count, Is.Zero);
            Assert.That(table.AllocatedBytes, Is.LessThan(1 << 20), "what is large went back");
        }

        Assert.That(mostBytes, Is.GreaterThan(1 << 20));
    }

    [Test]
    public void Values_of_groups_are_neutral_after_each_use()
    {
        GroupArray<long> values = new(neutral: -7);
        foreach (int groups in _uses)
        {
            int wrong = 0;
            for (int group = 0; group < groups; group++)
            {
                values.Reserve(group + 1);
                wrong += values.Values[group] == -7 ? 0 : 1;
                values.Values[group] = group;
            }

            for (int group = 0; group < groups; group++)
            {
                wrong += values.Values[group] == group ? 0 : 1;
            }

            Assert.That(wrong, Is.Zero);
            values.Clear(groups);
        }
    }

    [Test]
    public void Room_for_as_many_groups_as_before_is_made_at_once_when_there_are_many_again()
    {
        GroupArray<long> values = new(neutral: 0);
        values.Reserve(300_000);
        values.Clear(300_000);
        values.Reserve(100);
        Assert.That(values.AllocatedBytes, Is.LessThan(256 << 10), "few groups");
        values.Reserve(50_000);
        Assert.That(values.AllocatedBytes, Is.AtLeast(300_000 * sizeof(long)));
    }
}
