using NUnit.Framework;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

internal sealed class FormTests
{
    private const long Now = PushedBatch.Now;

    [Test]
    public void Of_equal_keys_the_last_wins_even_over_a_wrong_type()
    {
        PushedBatch batch = PushedBatch.Transaction("\"status\":\"x\",\"status\":200,\"method\":\"GET\",\"method\":null");
        Assert.That((batch.Error, batch.Number("status"), batch.Text("method")), Is.EqualTo(("0 errors", (long?)200, (string?)null)));
    }

    [Test]
    public void A_last_key_of_the_wrong_type_rejects() =>
        Assert.That(PushedBatch.Transaction("\"status\":200,\"status\":\"x\"").Error, Is.EqualTo("status must be an integer ≥ 0"));

    [Test]
    public void A_text_that_was_cut_and_then_given_again_does_not_count() =>
        Assert.That(PushedBatch.Transaction($"\"user_agent\":\"{new string('x', 2000)}\",\"user_agent\":\"y\"").Result.Truncated, Is.Zero);

    [Test]
    public void Keys_may_be_escaped_and_in_any_order()
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"[{{\"time\":{Now},\"service\":\"/a\",\"elapsed\":1}},{{\"el\\u0061psed\":2,\"x\":[{{}}],\"service\":\"/b\",\"status\":7,\"time\":{Now}}}," +
            $"{{\"service\":\"/c\",\"elapsed\":3,\"time\":{Now}}}]");
        Assert.That((batch.Number("elapsed", 1), batch.Text("service", 2), batch.Number("elapsed", 2), batch.Number("status", 1), batch.Number("status", 2)),
            Is.EqualTo(((long?)2000, "/c", (long?)3000, (long?)7, (long?)null)));
    }

    [TestCase("1")]
    [TestCase("null")]
    [TestCase("[1,2]")]
    [TestCase("\"x\"")]
    public void A_row_that_is_no_map_costs_itself_only(string row)
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"[{{\"time\":{Now},\"service\":\"/a\",\"elapsed\":1}},{row},{{\"time\":{Now},\"service\":\"/b\",\"elapsed\":1}}]");
        Assert.That((batch.Errors.Single().Index, batch.Errors.Single().Field, batch.Text("service", 1), batch.Received),
            Is.EqualTo((1, (string?)null, "/b", 3)));
    }

    [TestCase("[1,2]")]
    [TestCase("[]")]
    [TestCase("[1,2,3,4]")]
    [TestCase("{}")]
    [TestCase("null")]
    public void A_table_row_of_the_wrong_shape_costs_itself_only(string row)
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"{{\"fields\":[\"time\",\"service\",\"elapsed\"],\"rows\":[[{Now},\"/a\",1],{row},[{Now},\"/b\",2]]}}");
        Assert.That((batch.Errors.Single().Index, batch.Errors.Single().Field, batch.Text("service", 1), batch.Number("elapsed", 1)),
            Is.EqualTo((1, (string?)null, "/b", (long?)2000)));
    }

    [Test]
    public void A_table_may_give_its_rows_first()
    {
        PushedBatch batch = PushedBatch.Transactions($"{{\"rows\":[[{Now},\"/a\",1]],\"fields\":[\"time\",\"service\",\"elapsed\"]}}");
        Assert.That((batch.Refusal, batch.Text("service")), Is.EqualTo(((object?)null, "/a")));
    }

    [Test]
    public void Of_equal_fields_of_a_table_the_last_wins() =>
        Assert.That(PushedBatch.Transactions(
            $"{{\"fields\":[\"time\",\"service\",\"elapsed\",\"elapsed\"],\"rows\":[[{Now},\"/a\",\"x\",2]]}}").Number("elapsed"),
            Is.EqualTo(2000));

    [Test]
    public void Of_equal_rows_and_fields_of_a_table_the_last_win()
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"{{\"fields\":[\"time\"],\"rows\":[[1],[2]],\"rows\":[[{Now},\"/a\",3]],\"fields\":[\"time\",\"service\",\"elapsed\"]}}");
        Assert.That((batch.Received, batch.Error, batch.Number("elapsed")), Is.EqualTo((1, "0 errors", (long?)3000)));
    }

    [TestCase("{\"fields\":[\"time\"]}")]
    [TestCase("{\"rows\":[[1]]}")]
    [TestCase("{\"fields\":[\"time\"],\"rows\":5}")]
    [TestCase("{\"fields\":[1],\"rows\":[[1]]}")]
    [TestCase("{\"fields\":\"time\",\"rows\":[[1]]}")]
    [TestCase("{\"fields\":[\"time\"],\"rows\":[[1]],\"elapsed\":[1]}")]
    [TestCase("{\"time\":[1,2],\"elapsed\":[1]}")]
    [TestCase("{\"time\":1}")]
    [TestCase("{\"time\":{\"i64\":\"x\"}}")]
    [TestCase("{\"time\":{\"dict\":[1]}}")]
    [TestCase("{\"time\":{\"dict\":1,\"index\":[0]}}")]
    [TestCase("{\"time\":{\"dict\":[1],\"index\":0}}")]
    [TestCase("5")]
    [TestCase("\"x\"")]
    public void Samples_of_no_form_refuse_the_batch(string samples) =>
        Assert.That(PushedBatch.Transactions(samples).Refusal?.Field, Does.StartWith("transaction"));

    [Test]
    public void Of_equal_columns_the_last_wins_and_the_first_leaves_no_errors()
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"{{\"time\":[{Now},{Now}],\"elapsed\":[\"x\",true,3],\"service\":[\"/a\",\"/b\"],\"elapsed\":[1,2]}}");
        Assert.That((batch.Refusal, batch.Error, batch.Number("elapsed", 1)), Is.EqualTo(((object?)null, "0 errors", (long?)2000)));
    }

    [Test]
    public void A_null_column_is_absent() =>
        Assert.That(PushedBatch.Transactions($"{{\"time\":[{Now}],\"service\":[\"/a\"],\"elapsed\":[1],\"method\":null}}").Error, Is.EqualTo("0 errors"));

    [TestCase("{\"dict\":[\"/a\",\"/b\"],\"index\":[1,0.0]}")]
    [TestCase("{\"index\":[1,0],\"dict\":[\"/a\",\"/b\"]}")]
    [TestCase("{\"dict\":[],\"index\":[0,1],\"dict\":[\"/a\",\"/b\"],\"index\":[1,0]}")]
    public void A_dictionary_gives_texts_by_index(string column)
    {
        PushedBatch batch = PushedBatch.Transactions($"{{\"time\":[{Now},{Now}],\"service\":{column},\"elapsed\":[1,2]}}");
        Assert.That((batch.Text("service"), batch.Text("service", 1)), Is.EqualTo(("/b", "/a")));
    }

    [Test]
    public void Null_in_a_dictionary_or_an_index_is_missing()
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"{{\"time\":[{Now},{Now},{Now}],\"service\":[\"/a\",\"/b\",\"/c\"],\"elapsed\":[1,2,3],"
                + $"\"method\":{{\"dict\":[\"GET\",null],\"index\":[1,null,0]}}}}");
        Assert.That((batch.Error, batch.Text("method"), batch.Text("method", 1), batch.Text("method", 2)),
            Is.EqualTo(("0 errors", (string?)null, (string?)null, "GET")));
    }

    [TestCase("2", "service has an index outside its dictionary")]
    [TestCase("-1", "service has an index outside its dictionary")]
    [TestCase("0.5", "service has an index outside its dictionary")]
    [TestCase("\"0\"", "service has an index outside its dictionary")]
    [TestCase("1", "service must be a string")]
    public void A_bad_index_or_entry_costs_the_samples_that_have_it(string index, string error)
    {
        PushedBatch batch = PushedBatch.Transactions($"{{\"time\":[{Now},{Now}],\"service\":{{\"dict\":[\"/a\",5],\"index\":[{index},0]}},\"elapsed\":[1,2]}}");
        Assert.That((batch.Error, batch.Text("service")), Is.EqualTo((error, "/a")));
    }

    [Test]
    public void A_dictionary_entry_that_is_cut_counts_for_each_sample_that_has_it()
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"{{\"time\":[{Now},{Now},{Now}],\"service\":[\"/a\",\"/b\",\"/c\"],\"elapsed\":[1,2,3],"
                + $"\"user_agent\":{{\"dict\":[\"{new string('x', 1025)}\",\"y\"],\"index\":[0,1,0]}}}}");
        Assert.That((batch.Result.Truncated, batch.Text("user_agent", 2)), Is.EqualTo((2, new string('x', 1024))));
    }

    [Test]
    public void Numbers_are_not_dictionary_coded() =>
        Assert.That(PushedBatch.Transactions($"{{\"time\":[{Now}],\"service\":[\"/a\"],\"elapsed\":{{\"dict\":[1],\"index\":[0]}}}}").Error,
            Is.EqualTo("elapsed must be a number ≥ 0"));

    [TestCase("i32")]
    [TestCase("i64")]
    [TestCase("f64")]
    public void Packed_numbers_and_indexes_are_read(string width)
    {
        MessagePackBytes body = PushedBatch.TransactionsHead().Map(3).Text("time").Packed("i64", [Now, Now])
            .Text("service").Map(2).Text("dict").Array(2).Text("/a").Text("/b").Text("index").Packed(width, [1, 0])
            .Text("elapsed").Packed(width, [5, 6]);
        PushedBatch batch = PushedBatch.MessagePack(body);
        Assert.That((batch.Text("service"), batch.Text("service", 1), batch.Number("elapsed", 1)), Is.EqualTo(("/b", "/a", (long?)6000)));
    }

    [TestCase("elapsed", -1, "elapsed must be a number ≥ 0")]
    [TestCase("error", 1, "error must be true or false")]
    [TestCase("method", 1, "method must be a string")]
    [TestCase("status", 1000, "status must be at most 999")]
    public void Packed_numbers_that_do_not_fit_cost_their_sample(string field, long value, string error)
    {
        MessagePackBytes body = PushedBatch.TransactionsHead().Map(field == "elapsed" ? 3 : 4).Text("time").Packed("i64", [Now])
            .Text("service").Array(1).Text("/a");
        body = (field == "elapsed" ? body : body.Text("elapsed").Array(1).Int(1)).Text(field).Packed("i32", [value]);
        Assert.That(PushedBatch.MessagePack(body).Error, Is.EqualTo(error));
    }

    [Test]
    public void A_packed_index_out_of_range_costs_its_sample_only()
    {
        MessagePackBytes body = PushedBatch.TransactionsHead().Map(3).Text("time").Packed("i64", [Now, Now, Now])
            .Text("service").Map(2).Text("dict").Array(1).Text("/a").Text("index").Packed("i32", [1, -1, 0])
            .Text("elapsed").Packed("i32", [5, 6, 7]);
        PushedBatch batch = PushedBatch.MessagePack(body);
        Assert.That((batch.Errors.Count, batch.Number("elapsed")), Is.EqualTo((2, (long?)7000)));
    }

    [TestCase("i32", 5)]
    [TestCase("i64", 12)]
    [TestCase("f64", 7)]
    public void Packed_bytes_that_are_no_whole_number_of_values_refuse_the_batch(string width, int bytes)
    {
        MessagePackBytes body = PushedBatch.TransactionsHead().Map(1).Text("time").Map(1).Text(width).Binary(new byte[bytes]);
        Assert.That(PushedBatch.MessagePack(body).Refusal?.Field, Is.EqualTo("transaction.time"));
    }
}
