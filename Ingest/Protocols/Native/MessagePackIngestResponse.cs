using System.Buffers;
using MessagePack;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>Writes responses as MessagePack: the same map as in JSON.</summary>
internal static class MessagePackIngestResponse
{
    private const int MemberCount = 8;
    private const int ErrorMemberCount = 4;

    public static void Write(IBufferWriter<byte> output, IngestResult result, UnknownNames unknown)
    {
        MessagePackWriter writer = new(output);
        writer.WriteMapHeader(MemberCount + (result.Stored is null ? 0 : 1) + (result.Stored is { Refused: > 0 } ? 1 : 0) + (unknown.IsCut ? 1 : 0));
        writer.Write("accepted");
        writer.Write(result.Counts.Accepted);
        writer.Write("rejected");
        writer.Write(result.Counts.Rejected);
        writer.Write("duplicates");
        writer.Write(result.Counts.Duplicates);
        writer.Write("truncated");
        writer.Write(result.Counts.Truncated);
        writer.Write("duplicate");
        writer.Write(result.IsDuplicate);
        if (result.Stored is { } stored)
        {
            writer.Write("stored");
            writer.Write(stored.IsWhole);
            if (stored.Refused > 0)
            {
                writer.Write("refused");
                writer.Write(stored.Refused);
            }
        }

        writer.Write("errors");
        writer.WriteArrayHeader(result.Errors.Count);
        foreach (SampleError error in result.Errors)
        {
            WriteError(ref writer, error);
        }

        WriteUnknown(ref writer, unknown);
        writer.Write("position");
        writer.Write(result.Position);
        writer.Flush();
    }

    private static void WriteUnknown(ref MessagePackWriter writer, UnknownNames unknown)
    {
        IReadOnlyList<string> listed = unknown.List();
        writer.Write("unknown");
        writer.WriteArrayHeader(listed.Count);
        foreach (string name in listed)
        {
            writer.Write(name);
        }

        if (unknown.IsCut)
        {
            writer.Write("unknownCount");
            writer.Write(unknown.Count);
        }
    }

    private static void WriteError(ref MessagePackWriter writer, SampleError error)
    {
        writer.WriteMapHeader(ErrorMemberCount + (error.Value is null ? 0 : 1));
        writer.Write("kind");
        writer.Write(SampleSchema.Of(error.Kind).Name);
        writer.Write("index");
        writer.Write(error.Index);
        writer.Write("field");
        writer.Write(error.Field);
        writer.Write("reason");
        writer.Write(error.Reason);
        if (error.Value is not null)
        {
            writer.Write("value");
            writer.Write(error.Value);
        }
    }
}
