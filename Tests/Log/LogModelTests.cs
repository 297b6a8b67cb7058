using NUnit.Framework;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>
/// Random groups, faults, truncations, kills and power cuts against the simplest model there is: a list of what was acknowledged and a set
/// of what was refused. A seed that fails once is kept as a case of its own.
/// </summary>
public sealed class LogModelTests
{
    private const int Steps = 60;

    private static readonly FileOperation[] _failing =
    [
        FileOperation.Write, FileOperation.Flush, FileOperation.SetLength, FileOperation.Create, FileOperation.FlushDirectory, FileOperation.Delete,
    ];

    [Test]
    public void Acknowledged_records_come_back_once_and_in_order_and_refused_ones_never([Range(0, 199)] int seed) => new Run(seed).Go();

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<(LogPosition End, string Text)> _acknowledged = [];
        private readonly HashSet<string> _refused = [];
        private readonly HashSet<string> _inDoubt = [];
        private LogUnderTest _log = new();
        private LogPosition _stored;
        private int _made;

        public void Go()
        {
            for (int step = 0; step < Steps; step++)
            {
                switch (_random.Next(12))
                {
                    case 0: Break(); break;
                    case 1: _log.Disk.Heal(); break;
                    case 2: Truncate(); break;
                    case 3: Reopen(_log.Disk.Kill()); break;
                    case 4: Reopen(_log.Disk.PowerCut(_random)); break;
                    case 5: EndDuringAppend(); break;
                    case 6: Check(); break;
                    default: Append(); break;
                }
            }

            Reopen(_log.Disk.PowerCut(_random));
            _log.Dispose();
        }

        private void Break()
        {
            if (_random.Next(4) == 0)
            {
                _log.Disk.CapacityBytes = _random.Next(20_000);
                return;
            }

            _log.Disk.Fail(_failing[_random.Next(_failing.Length)], _random.Next(3), _random.Next(1, 4), _random.Next(2_000));
        }

        private string[] MakeGroup() =>
            [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => $"{_made++}:{new string('x', _random.Next(_random.Next(10) == 0 ? 9_000 : 900))}")];

        private void Append()
        {
            string[] group = MakeGroup();
            LogOutcome outcome = _log.Append(group, out LogPosition[] ends);
            switch (outcome)
            {
                case LogOutcome.Appended:
                    // The next segment has taken back what was in doubt before anything was appended behind it.
                    _refused.UnionWith(_inDoubt);
                    _inDoubt.Clear();
                    _acknowledged.AddRange(ends.Zip(group));
                    break;
                case LogOutcome.InDoubt:
                    _inDoubt.UnionWith(group);
                    break;
                case LogOutcome.Full:
                case LogOutcome.Failed:
                    _refused.UnionWith(group);
                    break;
            }
        }

        // The group is neither acknowledged nor refused: nobody is left to get the response.
        private void EndDuringAppend()
        {
            string[] group = MakeGroup();
            FaultyFileSystem disk = _log.Disk;
            FaultyFileSystem? left = null;
            int calls = _random.Next(1, 7);
            bool isKill = _random.Next(2) == 0;
            disk.Heal();
            disk.Observer = _ =>
            {
                if (--calls == 0)
                {
                    left = isKill ? disk.Kill() : disk.PowerCut(_random);
                }
            };
            _log.Append(group);
            disk.Observer = null;
            _inDoubt.UnionWith(group);
            Reopen(left ?? disk.PowerCut(_random));
        }

        private void Truncate()
        {
            if (_acknowledged.Count == 0)
            {
                return;
            }

            int through = _random.Next(_acknowledged.Count);
            _stored = _acknowledged[through].End;
            _acknowledged.RemoveRange(0, through + 1);
            _log.Log.Truncate(_stored);
        }

        private void Reopen(FaultyFileSystem disk)
        {
            disk.Heal();
            _log.Dispose();
            _log = new LogUnderTest(disk, storedThrough: _stored);
            _log.Log.Truncate(_stored);
            Check();
        }

        private void Check()
        {
            _log.Disk.Heal();
            using LogReader reader = _log.Log.Read(_stored);
            List<(LogPosition End, string Text)> read = [];
            while (reader.TryRead(out LogPosition end, out ReadOnlyMemory<byte> payload))
            {
                read.Add((end, System.Text.Encoding.UTF8.GetString(payload.Span)));
            }

            Assert.Multiple(() =>
            {
                Assert.That(read.Select(one => one.Text), Is.Unique);
                Assert.That(read.Where(one => !_inDoubt.Contains(one.Text)), Is.EqualTo(_acknowledged));
                Assert.That(read.Select(one => one.Text).Intersect(_refused), Is.Empty);
                Assert.That(read.Select(one => one.End), Is.Ordered.Ascending);
            });

            // What was in doubt and is read now is part of the log from here on; what is not read is gone for good.
            _acknowledged.Clear();
            _acknowledged.AddRange(read);
            _refused.UnionWith(_inDoubt.Except(read.Select(one => one.Text)));
            _inDoubt.Clear();
        }
    }
}
