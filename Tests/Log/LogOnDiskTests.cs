using System.Text;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Log;

public sealed class LogOnDiskTests
{
    [Test]
    public void A_log_on_the_real_disk_is_read_back_after_it_was_closed()
    {
        string parent = Directory.CreateTempSubdirectory("log").FullName;
        string directory = Path.Combine(parent, "of", "its", "own");
        try
        {
            DiskFileSystem disk = new();
            using CoreInstruments instruments = new();
            WriteAheadLogOptions options = new() { SegmentBytes = 64 << 10 };
            string[] texts = [.. Enumerable.Range(0, 50).Select(i => new string('x', 5_000) + i)];
            using (WriteAheadLog log = WriteAheadLog.Open(disk, directory, 1, options, LogPosition.Start, instruments))
            {
                foreach (string text in texts)
                {
                    Assert.That(log.Append([LogEntry.Of(Encoding.UTF8.GetBytes(text))], new LogPosition[1]), Is.EqualTo(LogOutcome.Appended));
                }
            }

            using WriteAheadLog reopened = WriteAheadLog.Open(disk, directory, 1, options, LogPosition.Start, instruments);
            using LogReader reader = reopened.Read(LogPosition.Start);
            List<string> read = [];
            while (reader.TryRead(out _, out ReadOnlyMemory<byte> payload))
            {
                read.Add(Encoding.UTF8.GetString(payload.Span));
            }

            Assert.That(read, Is.EqualTo(texts));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }
}
