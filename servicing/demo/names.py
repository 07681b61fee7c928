"""Names of the demo firm's people, of mixed origin. Each origin has as many as the others."""

from __future__ import annotations

# origin: given names, family names
ORIGINS: list[tuple[str, str]] = [
    (
        "Amara Chidi Ngozi Emeka Ifeoma Tunde Adaeze Obinna Zuri Kofi Abena Kwame",
        "Okafor Adeyemi Mensah Nwosu Okonkwo Balogun Asante Eze Owusu Abiola Boateng Uche Danjuma "
        "Achebe Sarpong Olawale Tetteh Ekwueme Bankole Ofori",
    ),
    (
        "Elena Mateo Lucia Diego Camila Rafael Valeria Andres Paloma Javier Marisol Tomas",
        "Marin Delgado Fuentes Herrera Ibarra Quintero Salazar Valdez Rojas Cardenas Medina Navarro "
        "Paredes Robles Serrano Trujillo Varela Zamora Acosta Benitez",
    ),
    (
        "Maya Nils Ingrid Anders Freya Lars Astrid Henrik Solveig Jonas Linnea Mikkel",
        "Lindqvist Halvorsen Nystrom Dahl Sandberg Ekstrom Bergstrom Lund Solberg Hagen Engstrom Vik "
        "Moller Strand Aaberg Forsberg Kjeldsen Norling Holmgren Sorensen",
    ),
    (
        "Priya Arjun Ananya Rohan Kavya Vikram Meera Sanjay Leela Nikhil Asha Dev",
        "Raman Iyer Kapoor Mehta Banerjee Chaudhary Desai Gupta Joshi Kulkarni Menon Nair Patil Rao "
        "Saxena Sharma Trivedi Varma Bhatt Pillai",
    ),
    (
        "Mei Wei Lin Jun Hana Kenji Yuki Sora Minh Linh Jae Soo",
        "Tanaka Nakamura Chen Zhang Park Nguyen Tran Kobayashi Lim Huang Choi Matsuda Pham Sato Yoon "
        "Guo Hayashi Dang Kwon Liang",
    ),
    (
        "Clara Hugo Margot Luc Amelie Bastien Noemie Remy Elise Gaspard Odile Thierry",
        "Fournier Lambert Moreau Rousseau Delacroix Girard Mercier Chevalier Lemoine Beaumont Marchand "
        "Perrin Vasseur Gauthier Renaud Dufour Blanchet Carpentier Leclerc Dumas",
    ),
    (
        "Anneke Bram Sanne Pieter Greta Felix Lotte Matthias Heidi Klaus Femke Ruben",
        "Brandt Vogel Keller Richter Hartmann Lehmann Visser Dekker Jansen Bakker Kuiper Weiss Kramer "
        "Schreiber Hoekstra Mulder Baumann Winkler Fischer Postma",
    ),
    (
        "Giulia Marco Chiara Luca Sofia Paolo Bianca Enzo Carla Dario Nina Vito",
        "Bellini Conti Moretti Rinaldi Ferraro Gallo Lombardi Marchetti Pellegrini Romano Santoro "
        "Vitale Barone Caruso DeLuca Esposito Fabbri Greco Leone Mancini",
    ),
    (
        "Layla Omar Yasmin Karim Noor Tariq Leila Samir Dina Farid Rana Idris",
        "Haddad Khalil Nasser Rahman Saleh Aziz Mansour Darwish Farouk Hamdan Jaber Karimi Malik Qasim "
        "Shadid Tahir Younis Zaman Barakat Sabbagh",
    ),
    (
        "Katya Piotr Milena Andrei Zofia Marek Irina Pavel Danuta Viktor Ewa Stefan",
        "Kowalski Novak Petrov Wozniak Horvath Dvorak Ivanov Zielinski Kovac Sokolov Nemec Lis "
        "Jankovic Popescu Radu Szabo Wojcik Balan Marek Vesely",
    ),
    (
        "Grace Samuel Ruth Isaac Naomi Caleb Ivy Marcus Della Nathan Joy Elias",
        "Cole Whitaker Harlow Prescott Ellison Mercer Langley Thorne Hadley Sutton Winslow Barlow "
        "Crawford Draper Fairchild Gentry Holloway Keating Lockwood Merritt",
    ),
    (
        "Fiona Declan Maeve Rory Nora Callum Bridget Finn Isla Ewan Una Angus",
        "Brennan Callahan Donnelly Farrell Gallagher Hennessy Kavanagh Lennox MacRae Nolan Quinlan "
        "Rafferty Sheridan Tierney Buchanan Dunbar Galbraith Innes Lockhart Sinclair",
    ),
]

GIVEN = [given for names, _ in ORIGINS for given in names.split()]
FAMILY = [family for _, names in ORIGINS for family in names.split()]
GIVEN_EACH = len(GIVEN) // len(ORIGINS)
FAMILY_EACH = len(FAMILY) // len(ORIGINS)
