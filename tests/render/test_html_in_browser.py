import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from agent.render import render
from tests.render.example import small

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="there is no Chromium with its driver here")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "survey.html"
    path.write_text(render(small())["survey.html"], encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: webdriver.Chrome, address: str) -> Iterator[webdriver.Chrome]:
    browser.get("about:blank")
    browser.get(address)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]


def one(page: webdriver.Chrome, selector: str) -> WebElement:
    return page.find_element(By.CSS_SELECTOR, selector)


def shown_rows(page: webdriver.Chrome) -> list[WebElement]:
    return [row for row in page.find_elements(By.CSS_SELECTOR, "#all-papers tbody tr") if row.is_displayed()]


def test_the_tree_folds(page: webdriver.Chrome) -> None:
    summary = one(page, ".tree > li:nth-child(2) > details > summary")
    inner = one(page, ".tree > li:nth-child(2) ul summary")
    assert inner.is_displayed()
    summary.send_keys(Keys.ENTER)
    assert not inner.is_displayed()
    one(page, "[data-fold=open]").click()
    assert inner.is_displayed()


def test_the_table_of_papers_filters(page: webdriver.Chrome) -> None:
    assert len(shown_rows(page)) == 15
    one(page, "#words").send_keys("camera")
    assert [row.find_element(By.TAG_NAME, "td").text for row in shown_rows(page)] == ["3", "4", "9"]
    assert one(page, "#shown").text == "3 of 15 papers"
    category = Select(one(page, "[data-filter]"))
    category.select_by_visible_text("Forage (5)")
    assert one(page, "#shown").text == "1 of 15 papers"
    one(page, "#filters [type=reset]").click()
    WebDriverWait(page, 3).until(lambda driver: one(driver, "#shown").text == "15 of 15 papers")


def test_a_number_of_the_heat_map_leads_to_its_papers(page: webdriver.Chrome) -> None:
    page.execute_script("arguments[0].click()", one(page, '.heat a[title^="Sensing the hive, cheap"]'))
    assert one(page, "#shown").text == "4 of 15 papers"


def test_a_comparison_sorts_by_its_heads(page: webdriver.Chrome) -> None:
    table = one(page, "#section-sensing table.sortable")
    head = table.find_element(By.CSS_SELECTOR, "thead th")
    for order in ("ascending", "descending"):
        head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        assert head.get_attribute("aria-sort") == order
        names = [cell.text for cell in table.find_elements(By.CSS_SELECTOR, "tbody th")]
        assert names == sorted(names, reverse=order == "descending")


def test_a_citation_shows_its_words_by_keyboard(page: webdriver.Chrome) -> None:
    cite = one(page, "#section-sensing a.cite")
    page.execute_script("arguments[0].closest('section').querySelector('h2').scrollIntoView()", cite)
    for _ in range(200):
        page.switch_to.active_element.send_keys(Keys.TAB)
        if page.switch_to.active_element == cite:
            break
    popup = one(page, "#popup")
    assert popup.is_displayed()
    assert "Ines Adler and Tomás Brandão" in popup.text
    assert popup.find_element(By.TAG_NAME, "mark").text == "The curves show the start of a nectar flow within one day"
    assert cite.get_attribute("aria-describedby") == "popup"
    cite.send_keys(Keys.ESCAPE)
    assert not popup.is_displayed()
    assert page.switch_to.active_element == cite


def test_a_citation_leads_to_its_words_in_the_references(page: webdriver.Chrome) -> None:
    cite = one(page, "#section-forage a.cite")
    cite.send_keys(Keys.ENTER)
    anchor = (cite.get_attribute("href") or "").partition("#")[2]
    WebDriverWait(page, 3).until(lambda driver: driver.find_element(By.ID, anchor).is_displayed())
    assert "Decoded positions fell within 140 m" in page.find_element(By.ID, anchor).text


def test_a_tap_shows_the_words_and_stays(page: webdriver.Chrome) -> None:
    page.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    cite = one(page, "#section-sensing a.cite")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", cite)
    box = page.execute_script("return arguments[0].getBoundingClientRect().toJSON()", cite)
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    page.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    page.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    WebDriverWait(page, 3).until(lambda driver: one(driver, "#popup").is_displayed())
    assert page.execute_script("return location.hash") == ""
    page.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(page: webdriver.Chrome, width: int) -> None:
    metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_light_and_dark_follow_the_system_until_the_button_is_pressed(page: webdriver.Chrome) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    grounds = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        grounds.append(page.execute_script(colour))
    assert grounds[0] != grounds[1]
    one(page, "#theme").click()
    assert page.execute_script(colour) == grounds[0]


def test_everything_is_there_without_a_script(browser: webdriver.Chrome, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(address)
    assert one(browser, "#section-sensing .claim").is_displayed()
    assert len(browser.find_elements(By.CSS_SELECTOR, "#all-papers tbody tr")) == 15
    assert not one(browser, "#filters").is_displayed()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_page_prints(page: webdriver.Chrome, tmp_path: Path) -> None:
    printed = page.execute_cdp_cmd("Page.printToPDF", {})["data"]
    assert len(printed) > 20_000
