using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Decoding;

namespace TimeSeries.Tests.Building;

internal sealed class AgentTests
{
    private static readonly string _sample = $"\"time\":{PushedBatch.Now},\"service\":\"/a\",\"elapsed\":1";

    [Test]
    public void A_sample_without_a_name_is_of_the_batchs_agent()
    {
        PushedBatch batch = Push("\"agent\":{\"oname\":\"shop\",\"oid\":-7,\"okind\":\"tomcat\",\"onode\":\"n3\"}", "");
        Assert.That(Agent(batch), Is.EqualTo(("shop", (long?)-7, "tomcat", "n3")));
    }

    [Test]
    public void The_oid_defaults_to_the_CRC32_of_the_name() =>
        Assert.That(Agent(Push("\"agent\":{\"oname\":\"123456789\"}", "")).Oid, Is.EqualTo(unchecked((int)0xCBF43926)));

    [Test]
    public void A_samples_own_agent_wins_and_has_no_kind_or_node()
    {
        PushedBatch batch = Push("\"agent\":{\"oname\":\"shop\",\"okind\":\"tomcat\",\"onode\":\"n3\"}", ",\"oname\":\"other\",\"oid\":9");
        Assert.That(Agent(batch), Is.EqualTo(("other", (long?)9, (string?)null, (string?)null)));
    }

    [Test]
    public void A_samples_own_name_goes_with_its_own_checksum() =>
        Assert.That(Agent(Push("\"agent\":{\"oname\":\"shop\",\"oid\":5}", ",\"oname\":\"123456789\"")).Oid, Is.EqualTo(unchecked((int)0xCBF43926)));

    [Test]
    public void A_samples_own_oid_goes_with_the_batchs_name() =>
        Assert.That(Agent(Push("\"agent\":{\"oname\":\"shop\",\"oid\":5,\"okind\":\"tomcat\"}", ",\"oid\":6")),
            Is.EqualTo(("shop", (long?)6, (string?)null, (string?)null)));

    [Test]
    public void A_sample_that_names_the_batchs_agent_itself_has_its_kind() =>
        Assert.That(Agent(Push("\"agent\":{\"oname\":\"shop\",\"oid\":5,\"okind\":\"tomcat\"}", ",\"oname\":\"shop\",\"oid\":5")).Okind, Is.EqualTo("tomcat"));

    [Test]
    public void Without_any_agent_a_sample_is_rejected_and_its_neighbour_with_one_kept()
    {
        PushedBatch batch = PushedBatch.Json($"{{\"transaction\":[{{{_sample}}},{{{_sample},\"oname\":\"a\"}},{{{_sample},\"oname\":\"\",\"oid\":4}}]}}");
        Assert.That((batch.Errors.Count, batch.Errors[0].Field, batch.Text("oname"), batch.Result.Usable), Is.EqualTo((2, "oname", "a", 1)));
    }

    [Test]
    public void Not_one_usable_sample_gives_no_batch() => Assert.That(PushedBatch.Json($"{{\"transaction\":[{{{_sample}}}]}}").Result.Batch, Is.Null);

    [Test]
    public void Alerts_and_events_need_no_agent_and_name_none()
    {
        PushedBatch batch = PushedBatch.Json(
            $"{{\"event\":[{{\"time\":{PushedBatch.Now},\"level\":\"ALERT\",\"type\":\"ES010\",\"message\":\"\",\"oname\":\"x\"}}]}}");
        Assert.That((batch.Error, batch.Text("oname", kind: Kind.Event), batch.Request.Unknown.List().Single()),
            Is.EqualTo(("0 errors", (string?)null, "event.oname")));
    }

    [Test]
    public void Many_agents_travel_in_one_batch()
    {
        string[] names = [.. Enumerable.Range(0, 600).Select(i => $"agent-{i % 590}")];
        PushedBatch batch = PushedBatch.Json($"{{\"transaction\":[{string.Join(',', names.Select(name => $"{{{_sample},\"oname\":\"{name}\"}}"))}]}}");
        Assert.That(Enumerable.Range(0, 600).Select(row => (batch.Text("oname", row), batch.Number("oid", row))),
            Is.EqualTo(names.Select(name => (name, (long?)Crc(name)))));
    }

    // Bit by bit, after the definition of CRC-32 (IEEE 802.3).
    private static int Crc(string text)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return (int)~crc;
    }

    private static PushedBatch Push(string agent, string more) => PushedBatch.Json($"{{{agent},\"transaction\":[{{{_sample}{more}}}]}}");

    private static (string? Oname, long? Oid, string? Okind, string? Onode) Agent(PushedBatch batch) =>
        (batch.Text("oname"), batch.Number("oid"), batch.Text("okind"), batch.Text("onode"));
}
