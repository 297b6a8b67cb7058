using NUnit.Framework;
using TimeSeries.Agent.Delivery;
using TimeSeries.Agent.Texts;

namespace TimeSeries.Tests.Agent;

/// <summary>The texts that the agent derives: statements without literals, paths without ids, addresses without secrets.</summary>
public sealed class TextTests
{
    [TestCase("SELECT * FROM cart WHERE id = 42", "SELECT * FROM cart WHERE id = #")]
    [TestCase("select  a,\n\tb from t1", "select a, b from t1")]
    [TestCase("SELECT 'it''s', N'x', E'a\\'b' FROM t", "SELECT # FROM t")]
    [TestCase("SELECT a /* trace 1 */ FROM t -- the end", "SELECT a FROM t")]
    [TestCase("SELECT $1, $2 FROM t WHERE a = @name AND b = :other AND c = ?", "SELECT $1 FROM t WHERE a = @name AND b = :other AND c = ?")]
    [TestCase("SELECT $tag$it's 1$tag$ x", "SELECT # x")]
    [TestCase("SELECT * FROM t WHERE a IN (1, 2, 3)", "SELECT * FROM t WHERE a IN (#)")]
    [TestCase("SELECT * FROM t WHERE a IN (@p0,@p1 , @p2)", "SELECT * FROM t WHERE a IN (@p0)")]
    [TestCase("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (#)")]
    [TestCase("SELECT f(a, 1, 2) FROM t", "SELECT f(a, #, #) FROM t")]
    [TestCase("SELECT \"id 1\" FROM \"t 2\"", "SELECT \"id 1\" FROM \"t 2\"")]
    [TestCase("SELECT [id 1] FROM t", "SELECT [id 1] FROM t")]
    [TestCase("SELECT ARRAY['secret']", "SELECT ARRAY[#]")]
    [TestCase("SELECT a FROM t WHERE b = 'open", "SELECT a FROM t WHERE b = #")]
    [TestCase("SELECT 0x1F, 1.5e-3, -7", "SELECT #, #, -#")]
    [TestCase("SELECT x::text FROM t2", "SELECT x::text FROM t2")]
    [TestCase("SELECT a FROM t /* never closed", "SELECT a FROM t")]
    [TestCase("", "")]
    public void A_statement_loses_its_literals(string sql, string normalized) => Assert.That(SqlText.Normalize(sql), Is.EqualTo(normalized));

    [TestCase("SELECT \"secret\" FROM `t 1` # why", "SELECT # FROM `t 1`")]
    [TestCase("SELECT 'a\\'b'", "SELECT #")]
    public void Double_quotes_and_hashes_are_MySQLs_own(string sql, string normalized) =>
        Assert.That(SqlText.Normalize(sql, doubleQuotes: true), Is.EqualTo(normalized));

    [Test]
    public void A_list_of_a_hundred_thousand_values_takes_no_time()
    {
        string sql = $"SELECT * FROM t WHERE a IN ({string.Join(',', Enumerable.Range(0, 100_000))})";
        Assert.That(SqlText.Normalize(sql), Is.EqualTo("SELECT * FROM t WHERE a IN (#)"));
    }

    [TestCase("/orders/17/items", "/orders/{id}/items")]
    [TestCase("/orders/17?full=1", "/orders/{id}")]
    [TestCase("/u/0f8fad5b-d9cb-469f-a165-70867728950e", "/u/{id}")]
    [TestCase("/t/0123456789abcdef", "/t/{id}")]
    [TestCase("/t/0123456789abcde", "/t/0123456789abcde")]
    [TestCase("/v2/cart", "/v2/cart")]
    [TestCase("", "/")]
    public void Ids_in_paths_become_one(string path, string collapsed) => Assert.That(UrlText.Collapse(path), Is.EqualTo(collapsed));

    [TestCase("http://u:p@pay:8080/api/pay/17?x=1#f", "/api/pay/{id}")]
    [TestCase("https://pay", "/")]
    [TestCase("/only/path", "/only/path")]
    public void Of_a_URL_the_path_counts(string url, string path) => Assert.That(new DerivedTexts().Of(url, NameForm.Url), Is.EqualTo(path));

    [TestCase("postgresql", "db1", 5432, "shop", "postgresql://db1:5432/shop")]
    [TestCase("microsoft.sql_server", "tcp:db1,1433", 0, "shop", "microsoft.sql_server://db1:1433/shop")]
    [TestCase("sqlite", null, 0, "main", "sqlite:///main")]
    [TestCase("redis", null, 0, null, "redis")]
    public void A_database_has_an_address(string system, string? host, int port, string? name, string address) =>
        Assert.That(UrlText.Database(system, host, port, name), Is.EqualTo(address));

    [Test]
    public void A_text_is_cut_at_a_character() => Assert.Multiple(() =>
    {
        Assert.That(DerivedTexts.Cut("abc", 3), Is.EqualTo("abc"));
        Assert.That(DerivedTexts.Cut("abcd", 3), Is.EqualTo("abc"));
        Assert.That(DerivedTexts.Cut("a€b", 3), Is.EqualTo("a"));
        Assert.That(DerivedTexts.Cut("a😀", 4), Is.EqualTo("a"));
        Assert.That(DerivedTexts.Cut("a😀", 5), Is.EqualTo("a😀"));
    });
}
